// What `npm run build` does is in dev/build/, in TypeScript as everything else.
require('tsx/cjs');

module.exports = require('./dev/build/tasks.ts');
