// Starts GraphiQL on this page. Nothing here talks to another host.
'use strict';

(function () {
  const place = document.getElementById('explorer');
  const endpoint = location.pathname.replace(/\/+$/, '');

  // A browser's numbers lose digits (9007199254740993) and zeros (1.10): show each as it came, where the browser can.
  function asItCame(key, value, context) {
    return typeof value === 'number' && context && JSON.rawJSON ? JSON.rawJSON(context.source) : value;
  }

  async function fetcher(params, options) {
    if (params.operationName === 'IntrospectionQuery') {
      // The schema is public, so the documentation is there before a token is.
      return (await fetch(endpoint + '/schema.json')).json();
    }
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: Object.assign(
        { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json, application/json' },
        options && options.headers,
      ),
      body: JSON.stringify({ query: params.query, operationName: params.operationName, variables: params.variables }),
    });
    return JSON.parse(await response.text(), asItCame);
  }

  ReactDOM.createRoot(place).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: place.dataset.query,
      defaultHeaders: JSON.stringify({ Authorization: 'Bearer paste-your-token' }, null, 2),
      // A token is not written to the browser's storage.
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: 'headers',
    }),
  );
})();
