/** The member pages: what a worker opens on the phone. Each folder is a noun, as in the server. */
import { createApp } from 'vue';
import '@shared/tokens.css';
import './vant.css';
import '@shared/base.css';
import './app.css';
import { startElder } from '@shared/elder';
import App from './App.vue';
import { router } from './router';
import { site } from './session';
import { owed } from './voice/owed';

startElder();
void site().catch(() => null); // each page that needs it asks again and shows what failed
createApp(App).use(router).mount('#app');
// A sheet that an earlier page could not send.
if (owed().length > 0) void import('./voice/cover').then(({ startCovers }) => startCovers(), () => undefined);
