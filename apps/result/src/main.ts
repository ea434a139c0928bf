import { exitOnFault, runService } from '@runbin/platform/bootstrap';
import { ResultModule } from './result.module';

exitOnFault('result');
void runService('result', (config) => ResultModule.for(config));
