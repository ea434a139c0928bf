import type Docker from 'dockerode';

/** What the daemon itself holds for a container: its shim. */
const SHIM_BYTES = 10 * 1024 * 1024;

/** What of `GET /containers/{id}/stats` counts. The names of the two kinds of cgroup. */
interface MemoryStats {
  usage?: number;
  stats?: Partial<
    Record<'active_file' | 'inactive_file' | 'total_active_file' | 'total_inactive_file', number>
  >;
}

/**
 * What a container that waits holds, by what waits in it. Asking the daemon takes longer than a run, and containers of
 * a kind hold the same: one of each is asked about.
 */
export class ContainerWeights {
  private readonly bytes = new Map<string, number>();
  private readonly asked = new Set<string>();

  /** Bytes; undefined where none of the kind was weighed. */
  of(kind: string): number | undefined {
    return this.bytes.get(kind);
  }

  /** Never throws: what is not known is assumed. */
  async weigh(kind: string, container: Docker.Container): Promise<void> {
    if (this.asked.has(kind)) return;
    this.asked.add(kind);
    try {
      const { memory_stats } = await container.stats({ stream: false, 'one-shot': true });
      const bytes = bytesHeld(memory_stats);
      if (bytes !== undefined) this.bytes.set(kind, bytes + SHIM_BYTES);
    } catch {
      this.asked.delete(kind); // the next one is asked about
    }
  }
}

/** Without the pages of the image's files, which all containers share and the kernel takes back as it likes. */
export function bytesHeld({ usage, stats = {} }: MemoryStats): number | undefined {
  if (usage === undefined) return undefined;
  const files =
    (stats.total_active_file ?? stats.active_file ?? 0) +
    (stats.total_inactive_file ?? stats.inactive_file ?? 0);
  return Math.max(0, usage - files);
}
