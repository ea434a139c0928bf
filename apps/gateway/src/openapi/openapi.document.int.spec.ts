import { OPERATIONS } from '@runbin/contracts/operations';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import type { OpenApiDocument } from './openapi.document';

describe('the OpenAPI document', () => {
  let gateway: GatewayUnderTest;
  let document: OpenApiDocument;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
    document = (await gateway.get('/openapi.json')).body as unknown as OpenApiDocument;
  });
  afterAll(() => gateway.stop());

  const described = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
    );

  it('describes every route and nothing else', () => {
    const tree = gateway.app.getHttpAdapter().getInstance().printRoutes({
      commonPrefix: false,
    });
    const routes = routesOf(tree).filter(({ method }) => method !== 'HEAD');
    const own = described().map(
      ({ method, path }) => `${method} ${path.replace('{file}', '*').replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(own.sort());
  });

  it('names the four operations, and each once', () => {
    const ids = described().map(({ operation }) => String(operation.operationId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(Object.keys(OPERATIONS));
    expect(ids).toEqual(expect.arrayContaining(['submitCode', 'getResult', 'generateUrl', 'getSubmission']));
  });

  it('refers only to what it holds, and uses all of it', () => {
    const text = JSON.stringify(document);
    const refs = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? ''));
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...refs].filter((ref) => !names.includes(ref))).toEqual([]);
    expect(names.filter((name) => !refs.has(name))).toEqual([]);
  });

  it('describes every parameter of every path', () => {
    for (const { path, operation } of described()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = operation.parameters as { name: string; in: string }[];
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
        inPath,
      );
    }
  });

  it('is shown by a page whose policy allows what the page loads, and no inline script', async () => {
    const page = await gateway.fetch('/docs');
    const csp = page.headers.get('content-security-policy') ?? '';
    expect(csp).toContain("script-src 'self';");
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    for (const [, asset] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const answer = await gateway.fetch(asset ?? '');
      expect([asset, answer.status]).toEqual([asset, 200]);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
  });

  it('has a place for the type of every problem', async () => {
    const html = await (await gateway.fetch('/docs/problems')).text();
    const { body } = await gateway.get('/nothing/here');
    expect(body.type).toBe('/docs/problems#not_found');
    expect(html).toContain('id="not_found"');
  });
});

/** Reads Fastify's own drawing of its routes: one line per segment, indented by its depth. */
function routesOf(tree: string): { method: string; path: string }[] {
  const segments: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const found = /^([│ ├└─]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line);
    if (!found) return [];
    const [, indent = '', segment = '', methods] = found;
    segments.length = indent.length / 4 - 1;
    // Of a wildcard it leaves the slash out.
    segments.push(segment === '*' ? '/*' : segment);
    return (methods ?? '')
      .split(', ')
      .filter(Boolean)
      .map((method) => ({ method, path: segments.join('') }));
  });
}
