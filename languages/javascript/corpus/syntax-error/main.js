console.log('before');
if (true console.log('never');
