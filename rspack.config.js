// The Nest CLI's rspack defaults, with our path aliases resolved by rspack itself. Packages stay external
// (the CLI's default): the images and `npm start` run with node_modules beside dist/.
const path = require('node:path');

const libs = ['contracts', 'languages', 'messaging', 'persistence', 'platform'];

module.exports = (options) => ({
  ...options,
  resolve: {
    ...options.resolve,
    extensions: ['.ts', '.js', '.json'],
    alias: Object.fromEntries(
      libs.map((lib) => [`@runbin/${lib}`, path.join(__dirname, 'libs', lib, 'src')]),
    ),
  },
});
