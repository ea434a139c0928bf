import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Whether the process is about to end: then no new request is begun, and the ones in flight are answered. */
@Injectable()
export class Draining implements OnModuleDestroy {
  private begun = false;

  get active(): boolean {
    return this.begun;
  }

  onModuleDestroy(): void {
    this.begun = true;
  }
}
