import { addRoute } from '@node3/shared/http/add-route';
import {
  getHostReading,
  getTelemetryHistory,
  listGpuProcesses,
  listLocalDevices,
} from '@node3/shared/routes/agent-devices';
import { getLocalWallet, listEarningDays } from '@node3/shared/routes/agent-money';
import {
  getDoctorReport,
  getLocalSettings,
  readAgentLog,
  startDoctor,
} from '@node3/shared/routes/agent-upkeep';
import { getLocalExecution, stopLocalExecution } from '@node3/shared/routes/agent-work';
import type { FastifyInstance } from 'fastify';
import type { LocalMachine } from '../local-api.ts';

/** The server has asked for the token before: `local-access.ts`. */
const authenticate = () => null;

/** What the pages of the provider read and do besides: devices, one execution, money, upkeep. */
export function addAgentMachineRoutes(app: FastifyInstance, machine: LocalMachine): void {
  addRoute(app, listLocalDevices, { authenticate, handler: async () => machine.devices() });
  addRoute(app, listGpuProcesses, { authenticate, handler: () => machine.processes() });
  addRoute(app, getHostReading, { authenticate, handler: () => machine.host() });
  addRoute(app, getTelemetryHistory, {
    authenticate,
    handler: async ({ query }) => machine.telemetry(query.window ?? '1h'),
  });
  addRoute(app, getLocalExecution, {
    authenticate,
    handler: async ({ params }) => machine.execution(params.executionId),
  });
  addRoute(app, stopLocalExecution, {
    authenticate,
    handler: async ({ params }) => machine.stopExecution(params.executionId),
  });
  addRoute(app, getLocalWallet, { authenticate, handler: async () => machine.wallet() });
  addRoute(app, listEarningDays, {
    authenticate,
    handler: async ({ query }) => machine.earningDays(query.days ?? 30),
  });
  addRoute(app, getDoctorReport, { authenticate, handler: async () => machine.doctor() });
  addRoute(app, startDoctor, { authenticate, handler: async () => machine.startDoctor() });
  addRoute(app, readAgentLog, {
    authenticate,
    handler: ({ query }) => machine.log(query.level ?? 'info', query.limit ?? 200),
  });
  addRoute(app, getLocalSettings, { authenticate, handler: async () => machine.settings() });
}
