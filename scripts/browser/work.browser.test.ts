import type { AgentParts } from '@node3/agent/agent-core';
import { getJob } from '@node3/shared/routes/jobs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, launch } from './browser-support.ts';
