import { exitOnFault, runService } from '@runbin/platform/bootstrap';
import { UrlModule } from './url.module';

exitOnFault('url');
void runService('url', (config) => UrlModule.for(config));
