console.log('before');

interface Broken {
  reason: string;
}

function fail({ reason }: Broken): never {
  throw new Error(reason);
}
fail({ reason: 'boom' });
