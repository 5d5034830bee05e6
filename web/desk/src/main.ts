/** The desk: what officers, chairs and administrators work with. The shell is here; each page is a file in pages/. */
import { createApp } from 'vue';
import '@shared/tokens.css';
import '@shared/base.css';
import './element.css';
import { startElder } from '@shared/elder';
import App from './App.vue';
import { router } from './router';

startElder();
createApp(App).use(router).mount('#app');
