import { Type } from '../schema.ts';
import { Health, Readiness, SyncRequest, SyncResult } from '../sync.ts';
import type { Route } from './route.ts';

export const opsRoutes = {
  sync: {
    method: 'POST',
    path: '/sync',
    summary: 'What happened since the given positions, in pages.',
    access: 'signed_in',
    body: SyncRequest,
    responses: { 200: SyncResult },
  },
  health: {
    method: 'GET',
    path: '/health',
    summary: 'The process answers.',
    access: 'public',
    responses: { 200: Health },
  },
  'health.ready': {
    method: 'GET',
    path: '/health/ready',
    summary: 'Every part it needs answers.',
    access: 'public',
    responses: { 200: Readiness, 503: Readiness },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics in the Prometheus text format.',
    access: 'public',
    responses: { 200: Type.String() },
    absolute: true,
  },
} as const satisfies Record<string, Route>;
