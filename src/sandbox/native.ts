import { Hono } from 'hono';
import { page } from './pages.ts';
import type { Requests } from './requests.ts';

/** The calls that this kind of gateway has beside OpenAI's: what was asked of it, its account, its webhooks' secret. */
export function nativeRoutes({ requests, secret }: { requests: Requests; secret: string }): Hono {
  const app = new Hono();
  app.get('/requests', (c) => {
    const { created_after: createdAfter, user, cursor: after, limit } = c.req.query();
    const { data, more } = page(requests.list({ createdAfter, user }), { after, limit });
    return c.json({ object: 'list', data, has_more: more, next_cursor: more ? (data.at(-1)?.id ?? null) : null });
  });
  app.get('/requests/:id', (c) => c.json(requests.get(c.req.param('id'))));
  app.get('/balance', (c) =>
    c.json({ object: 'balance', billing_type: 'prepaid', available: { amount: 1000, currency: 'USD' } }),
  );
  app.get('/webhooks/secret', (c) => c.json({ key: secret }));
  return app;
}
