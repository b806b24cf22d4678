import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { ROLES, type Role } from '../../domain/access/events.js';

/** Who may call a route, as Fastify keeps it with the route. */
export interface RouteAccess {
  readonly allow: readonly Role[] | 'no-token';
  /** Asked by those who watch the server, who must be answered however busy it is: no rate is counted. */
  readonly isProbe?: boolean;
}

/** A route as the router has it. */
export interface RouteInfo {
  readonly method: string;
  readonly url: string;
  /** Undefined where the route does not say; nobody may call it then. */
  readonly allow: RouteAccess['allow'] | undefined;
}

/** Only these roles may call the route. */
export const Allow = (...roles: readonly Role[]): MethodDecorator =>
  applyDecorators(
    RouteConfig({ allow: roles } satisfies RouteAccess),
    ApiBearerAuth(),
    ApiExtension('x-roles', [...roles]),
  );

/** Any valid token will do. */
export const AllowAny = (): MethodDecorator => Allow(...ROLES);

/** No token is asked for. */
export const NoToken = ({ isProbe = false } = {}): MethodDecorator =>
  applyDecorators(RouteConfig({ allow: 'no-token', isProbe } satisfies RouteAccess), ApiExtension('x-roles', []));
