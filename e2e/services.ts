/** The parts of the system that tests break. */
export type ServiceName = 'gateway' | 'submission' | 'result' | 'url' | 'runner' | 'nats';

/** Control over the processes behind the address. Nothing here brings a killed service back: the system does. */
export interface Services {
  /** SIGKILL, to every replica; returns when they are gone. */
  kill(service: ServiceName): Promise<void>;
  /** Makes it unreachable; returns what makes it reachable again. */
  hold(service: ServiceName): Promise<() => Promise<void>>;
  /** Stops everything in good order and starts it again on the same data. */
  restart(): Promise<void>;
}
