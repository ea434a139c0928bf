import type { Problem } from '@runbin/platform/problem';
import { markup } from '../http/html';
import { BRAND, pageOf, refreshEvery } from './page.frame';

/** The page of a link that shows nothing: unknown, expired, revoked, deleted, or not reachable now. */
export function problemPage(problem: Problem): string {
  const { title, status } = problem.toDocument();
  const body = markup`<header class="top">${BRAND}</header>
<main class="problem">
<p class="status">${status}</p>
<h1>${title}</h1>
<p>${problem.detail}</p>
<p><a class="button" href="/">Write a program</a></p>
</main>`;
  const more = markup`<meta name="robots" content="noindex">${status === 503 ? refreshEvery(3) : ''}`;
  return pageOf({ title: `${title} · Runbin`, more }, body);
}
