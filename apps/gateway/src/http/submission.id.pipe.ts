import { Injectable, type PipeTransform } from '@nestjs/common';
import { SubmissionIdSchema } from '@runbin/contracts/ids';
import { Problem } from '@runbin/platform/problem';

/** Ids are checked before they are used anywhere: they become parts of subjects and queries. */
@Injectable()
export class SubmissionIdPipe implements PipeTransform<string, string> {
  /** @throws Problem `invalid_id` */
  transform(id: string): string {
    if (SubmissionIdSchema.safeParse(id).success) return id;
    throw new Problem('invalid_id', 'A submission_id is a lower-case UUID, as submitCode returned it.');
  }
}
