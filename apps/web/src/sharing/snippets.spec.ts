import { GenerateUrlRequestSchema } from '@runbin/contracts/url';
import { embedOf, LIFETIMES, markdownOf } from './snippets';

const shared = {
  url: 'https://run.example/s/abcdefgh',
  code: 'abcdefgh',
  title: 'print("hi")',
  language: 'python',
  source: 'print("hi")',
};

it.each(LIFETIMES)('has lifetimes that the API takes: $label', ({ seconds }) => {
  expect(GenerateUrlRequestSchema.safeParse({ expires_in_seconds: seconds }).success).toBe(true);
});

describe('a link as Markdown', () => {
  it('shows the program below it', () => {
    expect(markdownOf(shared)).toBe(
      '[print("hi")](https://run.example/s/abcdefgh)\n\n```python\nprint("hi")\n```\n',
    );
  });

  it('is not broken by what the program holds', () => {
    const text = markdownOf({ ...shared, title: 'a[0] * b_c', source: 'x = "````"\n' });
    expect(text).toContain('[a\\[0\\] \\* b\\_c](');
    expect(text).toContain('`````python\nx = "````"\n`````\n');
  });

  it('is the link alone where the program is long', () => {
    expect(markdownOf({ ...shared, source: 'x'.repeat(5000) })).toBe(
      '[print("hi")](https://run.example/s/abcdefgh)',
    );
  });
});

it('is a frame that nothing breaks out of', () => {
  expect(embedOf({ ...shared, title: '"><script>&' })).toBe(
    '<iframe src="https://run.example/embed/abcdefgh" title="&quot;>&lt;script>&amp;" width="100%" height="420" style="border:0" loading="lazy"></iframe>',
  );
});
