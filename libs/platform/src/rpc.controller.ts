import { applyDecorators, Controller, UseFilters } from '@nestjs/common';
import { RpcProblemFilter } from './rpc.filter';

/** A controller of `@MessagePattern`s: what its handlers throw crosses NATS as a problem. */
export const RpcController = () => applyDecorators(Controller(), UseFilters(RpcProblemFilter));
