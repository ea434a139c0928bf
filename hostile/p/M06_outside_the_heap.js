// Buffers live outside V8's heap and outside its limits. Cap: 4 GB.
const kept = [];
for (let i = 0; i < 64; i++) kept.push(Buffer.alloc(64 << 20, i + 1));
console.log('ESCAPED 4 GB');
