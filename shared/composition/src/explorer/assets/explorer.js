// Starts GraphiQL on this page. Nothing here talks to another host.
'use strict';

(function () {
  const place = document.getElementById('explorer');
  const endpoint = location.pathname.replace(/\/+$/, '');

  async function fetcher(params, options) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: Object.assign(
        { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json, application/json' },
        options && options.headers,
      ),
      body: JSON.stringify({ query: params.query, operationName: params.operationName, variables: params.variables }),
    });
    return response.json();
  }

  async function start() {
    // The schema is public, so the documentation is there before a token is.
    const response = await fetch(endpoint + '/schema.json');
    const schema = response.ok ? (await response.json()).data : undefined;
    ReactDOM.createRoot(place).render(
      React.createElement(GraphiQL, {
        fetcher,
        schema,
        defaultQuery: place.dataset.query,
        defaultHeaders: JSON.stringify({ Authorization: 'Bearer paste-your-token' }, null, 2),
        // A token is not written to the browser's storage.
        shouldPersistHeaders: false,
        defaultEditorToolsVisibility: 'headers',
      }),
    );
  }

  start();
})();
