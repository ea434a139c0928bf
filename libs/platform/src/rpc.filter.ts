import { Catch, Logger, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { Problem, type WireProblem } from './problem';

/** Turns whatever a handler threw into the one shape that crosses NATS. Only our own faults are logged. */
@Catch()
export class RpcProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Rpc');

  catch(error: unknown): Observable<never> {
    const wire: WireProblem =
      error instanceof Problem
        ? { problem: error.code, detail: error.detail }
        : { problem: 'internal', detail: 'The service failed to answer.' };
    if (!(error instanceof Problem)) this.logger.error(error);
    return throwError(() => wire);
  }
}
