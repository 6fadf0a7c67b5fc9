import type { RouteContract } from '@node3/shared/contract';
import * as routes from '@node3/shared/routes/templates';

/** Asks every endpoint for templates once. */
export async function askTemplates(
  ask: (contract: RouteContract, args: object) => Promise<unknown>,
  askOperator: typeof ask,
): Promise<void> {
  const spec = {
    workload: { kind: 'container', command: ['{{text}}'], env: { KEY: '{{key}}' } },
    price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
  };
  const parameters = [
    { name: 'text', type: 'string', prefix: 'a', default: 'abc' },
    { name: 'key', type: 'secret' },
  ];
  const created = await ask(routes.createTemplate, { body: { name: 'asked', spec, parameters } });
  const { templateId } = created as routes.TemplateDetail;
  const params = { templateId };
  await ask(routes.createTemplateVersion, { params, body: { spec, parameters } });
  await ask(routes.getTemplate, { params, query: { version: 1 } });
  await ask(routes.listTemplates, { query: {} });
  const run = { parameters: { key: 'secret' } };
  await ask(routes.previewTemplate, { params, body: run });
  await ask(routes.runTemplate, { params, body: run });
  await ask(routes.setTemplateVisibility, { params, body: { visibility: 'public', tags: ['x'] } });
  await ask(routes.listGallery, { query: { limit: 2 } });
  await ask(routes.copyTemplate, { params });
  await askOperator(routes.hideTemplate, { params, body: { hidden: true, reason: 'a test' } });
  await ask(routes.archiveTemplate, { params });
}
