import { workerData } from 'node:worker_threads';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { Renderer, type RenderTask } from './render.task';

// The entry of the threads of RenderPool. Each has a catalogue and a highlighter of its own.

const renderer = new Renderer(loadCatalogue((workerData as { languagesDir: string }).languagesDir));

export const render = (task: RenderTask) => renderer.render(task);
