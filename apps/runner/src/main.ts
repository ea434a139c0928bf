import { exitOnFault, runService } from '@runbin/platform/bootstrap';
import { RunnerModule } from './runner.module';

exitOnFault('runner');
void runService('runner', (config) => RunnerModule.for(config));
