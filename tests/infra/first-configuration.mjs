// Prints the configuration that a deployment begins with, as infra/scripts/create-secrets.sh writes it. The solution's tests read it as a host does.
import { Project } from './project.mjs';
import { World } from './simulation/world.mjs';

const world = await World.create(Project.load());
try {
  const { code, output } = await world.run('create-secrets.sh');
  if (code !== 0) throw new Error(output);
  process.stdout.write(world.state.secrets.configuration.versions[0]);
} finally {
  world.close();
}
