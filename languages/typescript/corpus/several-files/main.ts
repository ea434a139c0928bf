import { greet } from './greet';
import { shout } from './lib/shout';

console.log(greet({ name: 'Ada' }));
console.log(shout(greet({ name: 'Ada' })));
