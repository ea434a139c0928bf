import { readFileSync } from 'node:fs';
import path from 'node:path';
import swaggerUiPath from 'swagger-ui-dist/absolute-path.js';

export interface Asset {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Starts Swagger UI. A file of its own, since the page's policy forbids inline scripts. */
const INIT = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayOperationId: true,
  validatorUrl: null,
});
`;

const FROM_SWAGGER_UI: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Every file that the documentation page loads, by name. A closed list: a name is never a path. */
export function docsAssets(): ReadonlyMap<string, Asset> {
  const directory = swaggerUiPath();
  const assets = new Map<string, Asset>([
    ['init.js', { mediaType: 'text/javascript; charset=utf-8', bytes: Buffer.from(INIT) }],
  ]);
  for (const [name, mediaType] of Object.entries(FROM_SWAGGER_UI)) {
    assets.set(name, { mediaType, bytes: readFileSync(path.join(directory, name)) });
  }
  return assets;
}
