import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Compile, Result, Usage } from '@runbin/contracts/result';
import type { resultReplay } from '@runbin/contracts/rpc';
import { type EncodedBytes, encodeBytes } from '@runbin/contracts/text';
import { type FoundResult, ResultStore } from './result.store';
import { RunsWriter } from './runs.writer';

const EMPTY: EncodedBytes = { content: '', encoding: 'utf-8' };

@Injectable()
export class ResultService {
  constructor(
    private readonly store: ResultStore,
    private readonly writer: RunsWriter,
  ) {}

  /** null: nothing has been heard of this submission. */
  async get(submissionId: string): Promise<Result | null> {
    const row = await this.store.find(submissionId);
    return row && resultOf(row);
  }

  /** With the pieces that the output came in, to tell a run again. */
  async replay(submissionId: string): Promise<z.infer<typeof resultReplay.reply>> {
    const row = await this.store.findWithLog(submissionId);
    return row && { result: resultOf(row), output_log: row.output_log };
  }

  async finals(submissionIds: readonly string[]): Promise<{ submission_ids: string[] }> {
    return { submission_ids: await this.store.findFinals(submissionIds) };
  }

  /** Whoever waits for this result is woken, and finds that there is no such submission. */
  async delete(submissionId: string): Promise<Record<string, never>> {
    await this.store.delete(submissionId);
    this.writer.announce({ submission_id: submissionId, final: true });
    return {};
  }
}

function resultOf(row: FoundResult): Result {
  const stdout = row.stdout ? encodeBytes(row.stdout) : EMPTY;
  const stderr = row.stderr ? encodeBytes(row.stderr) : EMPTY;
  return {
    submission_id: row.submission_id,
    status: row.status,
    message: row.message,
    attempt: row.attempt,
    exit_code: row.exit_code,
    signal: row.signal,
    stdout: stdout.content,
    stdout_encoding: stdout.encoding,
    stdout_truncated: row.stdout_truncated,
    stderr: stderr.content,
    stderr_encoding: stderr.encoding,
    stderr_truncated: row.stderr_truncated,
    compile: compileOf(row),
    usage: usageOf(row),
    degraded: row.degraded,
    timeline: {
      queued_at: row.queued_at.toISOString(),
      picked_at: row.picked_at?.toISOString() ?? null,
      sandbox_ready_at: row.sandbox_ready_at?.toISOString() ?? null,
      compiled_at: row.compiled_at?.toISOString() ?? null,
      started_at: row.started_at.toISOString(),
      finished_at: row.finished_at?.toISOString() ?? null,
    },
    language: row.language,
    language_version: row.language_version,
  };
}

function compileOf(row: FoundResult): Compile | null {
  if (!row.compile_output) return null;
  const output = encodeBytes(row.compile_output);
  return {
    exit_code: row.compile_exit_code,
    signal: row.compile_signal,
    output: output.content,
    output_encoding: output.encoding,
    output_truncated: row.compile_output_truncated ?? false,
    cpu_time_ms: row.compile_cpu_time_ms ?? 0,
    wall_time_ms: row.compile_wall_time_ms ?? 0,
    cached: row.compile_cached ?? false,
  };
}

function usageOf(row: FoundResult): Usage | null {
  const { cpu_time_ms, wall_time_ms, memory_peak_bytes } = row;
  if (cpu_time_ms === null || wall_time_ms === null || memory_peak_bytes === null) return null;
  return { cpu_time_ms, wall_time_ms, memory_peak_bytes: Number(memory_peak_bytes) };
}
