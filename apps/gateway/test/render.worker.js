// The entry of a rendering thread from its source: threads do not come through Jest, which compiles everything else.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { transformSync } = require('@swc/core');

const ROOT = path.join(__dirname, '../../..');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const ours = /^@runbin\/([a-z]+)\/(.*)$/.exec(request);
  return resolve.call(this, ours ? path.join(ROOT, 'libs', ours[1], 'src', ours[2]) : request, ...rest);
};
require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2023',
    },
    module: { type: 'commonjs' },
    swcrc: false,
  });
  module._compile(code, filename);
};

module.exports = require('../src/rendering/render.worker.ts');
