import { describeConfig } from '@runbin/platform/config';
import { APPS, DATABASE_APPS, environmentFor } from './lib/apps.mjs';

/** What `npm start` decides for every service, whatever the environment says. */
const DECIDED = ['NATS_URL', 'NATS_USER', 'NATS_PASSWORD', 'DATABASE_URL', 'HEALTH_HOST', 'HEALTH_PORT'];

describe('the environment of a service under npm start', () => {
  const config = describeConfig();

  it('is made for every app there is', () => {
    expect([...APPS].sort()).toEqual(config.map(({ app }) => app).sort());
    const owners = config.filter(({ variables }) => variables.some(({ name }) => name === 'DATABASE_URL'));
    expect([...DATABASE_APPS].sort()).toEqual(owners.map(({ app }) => app).sort());
  });

  it.each(config)('hands $app every variable that it reads', ({ app, variables }) => {
    const names = variables.map(({ name }) => name).filter((name) => !DECIDED.includes(name));
    const everything = Object.fromEntries(names.map((name) => [name, 'set']));
    expect(environmentFor(app, everything)).toEqual(everything);
  });

  it.each(config)('hands $app nothing else', ({ app, variables }) => {
    const foreign = config
      .flatMap((other) => other.variables.map(({ name }) => name))
      .filter((name) => !variables.some((own) => own.name === name));
    const environment = Object.fromEntries(
      [...foreign, 'HOME', 'AWS_SECRET_ACCESS_KEY'].map((name) => [name, 'set']),
    );
    expect(environmentFor(app, environment)).toEqual({});
  });
});
