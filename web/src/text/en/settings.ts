export const settings = {
  title: 'Settings',
  client: (program: string, system: string) => `${program} on ${system}`,
  unknownClient: 'an unknown program',
};
