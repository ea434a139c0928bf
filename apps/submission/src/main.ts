import { exitOnFault, runService } from '@runbin/platform/bootstrap';
import { SubmissionModule } from './submission.module';

exitOnFault('submission');
void runService('submission', (config) => SubmissionModule.for(config));
