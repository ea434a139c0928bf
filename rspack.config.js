// The Nest CLI's rspack defaults, with our path aliases resolved by rspack itself. Packages stay external
// (the CLI's default): the images and `npm start` run with node_modules beside dist/.
const path = require('node:path');

const libs = ['contracts', 'languages', 'messaging', 'persistence', 'platform'];

/** The gateway's rendering threads have a file of their own, beside its other. */
const entriesOf = ({ entry, output }) => {
  if (!entry.endsWith(path.join('apps/gateway/src/main.ts'))) return {};
  const [folder, source] = [path.dirname(output.filename), path.dirname(entry)];
  return {
    entry: { main: entry, 'render.worker': path.join(source, 'rendering/render.worker.ts') },
    output: { ...output, filename: path.join(folder, '[name].js') },
  };
};

module.exports = (options) => ({
  ...options,
  ...entriesOf(options),
  resolve: {
    ...options.resolve,
    extensions: ['.ts', '.js', '.json'],
    alias: Object.fromEntries(
      libs.map((lib) => [`@runbin/${lib}`, path.join(__dirname, 'libs', lib, 'src')]),
    ),
  },
});
