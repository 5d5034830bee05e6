/** The desk: what officers, chairs and administrators work with. Each page is a file in pages/, each piece in parts/. */
import { createApp } from 'vue';
import '@shared/tokens.css';
import '@shared/base.css';
import './element.css';
import './desk.css';
import { api, onSignedOut } from '@api/client';
import { startElder } from '@shared/elder';
import App from './App.vue';
import { mark } from './idle';
import { router } from './router';
import { forget, session } from './session';

api.use({ onResponse() { mark(); } });

// The session ended elsewhere (idle, "sign out everywhere"): what was typed stays, the person signs in and goes on.
onSignedOut(() => {
  if (!session.me) return;
  forget({ drafts: false });
  void router.replace({ name: 'sign-in', query: { next: router.currentRoute.value.fullPath, why: 'ended' } });
});

startElder();
createApp(App).use(router).mount('#app');
