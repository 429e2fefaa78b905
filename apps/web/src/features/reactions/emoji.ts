/** What is at hand without opening the picker. */
export const quickEmoji = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

export type EmojiGroup = 'faces' | 'gestures' | 'hearts' | 'nature' | 'food' | 'activities' | 'places' | 'things';

const kinds: Readonly<Record<EmojiGroup, string>> = {
  faces:
    '😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃 😉 😊 😇 🥰 😍 🤩 😘 😗 😚 😋 😛 😜 🤪 😝 🤑 🤗 🤭 🤫 🤔 🤐 🤨 😐 😑 😶 😏 😒 🙄 😬 🤥 😌 😔 😪 🤤 😴 😷 🤒 🤕 🤢 🤮 🤧 🥵 🥶 🥴 😵 🤯 🤠 🥳 😎 🤓 🧐 😕 😟 🙁 😮 😯 😲 😳 🥺 😦 😧 😨 😰 😥 😢 😭 😱 😖 😣 😞 😓 😩 😫 🥱 😤 😡 😠 🤬 😈 💀 💩 🤡 👻 👽 🤖 😺 😹 😻 🙈 🙉 🙊',
  gestures:
    '👍 👎 👌 🤌 🤏 ✌️ 🤞 🤟 🤘 🤙 👈 👉 👆 👇 ☝️ ✋ 🖐️ 🖖 👋 ✊ 👊 🤛 🤜 👏 🙌 👐 🤲 🤝 🙏 💪 ✍️ 💅 👀 🧠 👂 👃 👶 🧑 👩 👨 🧓 🤷 🤦 🙋 🙆 🙅 🙇 💃 🕺 🏃 🚶',
  hearts: '❤️ 🧡 💛 💚 💙 💜 🤎 🖤 🤍 💔 ❣️ 💕 💞 💓 💗 💖 💘 💝 💋 💯 💥 💫 ⭐ 🌟 ✨ ⚡ 🔥 💧 💦 💤 💬 💭',
  nature:
    '🐶 🐱 🐭 🐹 🐰 🦊 🐻 🐼 🐨 🐯 🦁 🐮 🐷 🐸 🐵 🐔 🐧 🐦 🦆 🦅 🦉 🐺 🐴 🦄 🐝 🦋 🐌 🐞 🐢 🐍 🐙 🐟 🐬 🐳 🦈 🐘 🐑 🐕 🐈 🌵 🌲 🌳 🌴 🌱 🌿 🍀 🍁 🍂 🍄 🌷 🌹 🌻 🌸 💐 🌍 🌙 ☀️ ⛅ 🌧️ ⛈️ ❄️ ⛄ 🌈 🌊',
  food: '🍏 🍎 🍐 🍊 🍋 🍌 🍉 🍇 🍓 🍒 🍑 🥭 🍍 🥝 🍅 🥑 🥦 🥕 🌽 🥔 🍞 🥐 🥨 🧀 🥚 🍳 🥞 🍔 🍟 🍕 🌭 🥪 🌮 🌯 🥗 🍝 🍜 🍲 🍣 🍚 🥟 🍤 🍦 🍩 🍪 🎂 🍰 🍫 🍬 🍭 🍿 ☕ 🍵 🥛 🍺 🍻 🥂 🍷 🍸 🥤',
  activities:
    '🎉 🎊 🎈 🎁 🎂 🎄 🎃 🏆 🥇 🥈 🥉 ⚽ 🏀 🏈 ⚾ 🎾 🏐 🏓 🏸 ⛳ 🎣 🏊 🏄 🚴 🧗 🏋️ 🧘 ⛷️ 🏂 🎮 🎲 🧩 🎯 🎳 🎨 🎭 🎤 🎧 🎵 🎶 🎸 🎹 🥁 🎺 🎻 🎬 📷 📚',
  places: '🚗 🚕 🚌 🚲 🛵 🚂 🚆 ✈️ 🚀 🚁 ⛵ 🚢 ⚓ ⛽ 🚦 🗺️ 🏠 🏡 🏢 🏥 🏫 ⛪ 🏰 🗼 🎡 🎢 ⛲ ⛺ 🏖️ 🏝️ ⛰️ 🌋 🌅 🌃',
  things:
    '✅ ❌ ❗ ❓ ⚠️ 🚫 ➕ ➖ 🔔 🔕 📌 📍 📎 ✂️ 🔒 🔓 🔑 🔨 🛠️ ⚙️ 💡 🔋 💻 🖥️ 📱 ☎️ ⌚ ⏰ ⏳ 📅 📈 📉 💰 💳 💎 🧾 ✉️ 📦 📝 📖 🗑️ 🧹 🛒 🚪 🛏️ 🛁 🧸 💊 🩹 👓 🎒 👑 🧢 👟',
};

/** By group, for the picker. */
export const emojiGroups = Object.entries(kinds).map(([group, text]) => ({
  group: group as EmojiGroup,
  emoji: text.split(' '),
}));
