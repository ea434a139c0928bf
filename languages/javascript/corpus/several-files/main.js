const { greet } = require('./greet');
const { shout } = require('./lib/shout');

console.log(greet('Ada'));
console.log(shout(greet('Ada')));
