console.log('before');
const broken: = 1;
