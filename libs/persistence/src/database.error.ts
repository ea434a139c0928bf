import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { QueryFailedError } from 'typeorm';
import { Problem } from '@runbin/platform/problem';

/**
 * SQLSTATE classes that speak of the statement or its data, not of the server: trying again meets them again.
 * 21 cardinality, 22 data, 23 constraint, 42 syntax and names.
 */
const OURS = /^(21|22|23|42)/;

const sqlStateOf = (error: unknown) => {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
};

/** Whether the statement or its data is at fault, so that the same again would fail the same way. */
export function isStatementFault(error: unknown): boolean {
  return error instanceof QueryFailedError && OURS.test(sqlStateOf(error));
}

/** A database that is away, full or too slow answers a request with `unavailable`; a fault of ours stays one. */
@Injectable()
export class DatabaseErrorInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Database');

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (error instanceof Problem || isStatementFault(error)) return throwError(() => error);
        this.logger.warn(`a request failed: ${String(error)}`);
        return throwError(
          () =>
            new Problem('unavailable', 'The database is not reachable; try again.', undefined, {
              cause: error,
            }),
        );
      }),
    );
  }
}
