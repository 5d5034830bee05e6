import Components from 'unplugin-vue-components/vite';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import ElementPlus from 'unplugin-element-plus/vite';
import { defineConfig, type Plugin } from 'vite';
import { site } from '../site.ts';

/** Element Plus on demand: a tag in a template or an import brings that one component and its style. */
const onDemand = [
  Components({ resolvers: [ElementPlusResolver()], dirs: [], dts: 'src/components.d.ts' }),
  ElementPlus({}),
] as Plugin[];

export default defineConfig(site('desk', onDemand));
