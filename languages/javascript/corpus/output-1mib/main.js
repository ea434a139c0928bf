for (let i = 0; i < 65536; i++) console.log('0123456789abcde');
