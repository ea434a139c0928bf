import { errorOf, secondsOf, sentenceOf } from './problem';

const problem = {
  type: '/docs/problems#invalid_request',
  title: 'The request does not have the documented form',
  status: 400,
  code: 'invalid_request' as const,
  detail: 'The body is not as documented.',
};

const answer = (body: string, headers: Record<string, string>, status = 400) =>
  new Response(body, { status, headers });

describe('an answer that is no success', () => {
  it('is told in the words of its problem document', async () => {
    const headers = { 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '3' };
    const error = await errorOf(answer(JSON.stringify(problem), headers));
    expect(error).toMatchObject({
      code: 'invalid_request',
      status: 400,
      retryAfterS: 3,
      message: problem.detail,
    });
  });

  it.each([
    ['a page of a proxy', '<h1>Bad gateway</h1>', 'text/html'],
    ['a document that was cut off', '{"type":', 'application/problem+json'],
  ])('may be %s', async (_, body, type) => {
    const error = await errorOf(answer(body, { 'content-type': type }, 502));
    expect(error).toMatchObject({ code: 'unknown', message: 'The server answered 502.' });
  });
});

it('names the parts of the body that are wrong', () => {
  const errors = [{ pointer: '/files/0/name', detail: 'must be relative' }];
  expect(sentenceOf({ ...problem, errors })).toBe(
    'The body is not as documented. files/0/name: must be relative',
  );
});

it.each([
  ['5', 5],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 10],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('reads Retry-After: %s', (header, seconds) => {
  expect(secondsOf(header, 500)).toBe(seconds);
});
