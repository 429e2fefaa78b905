/**
 * Words and phrases that lead the published lists of leaked passwords, in lower case. Digits and signs around one do not
 * make it better, so `password123!` is found as `password`; short words stand here for that reason.
 */
const words = `
password passw0rd p@ssw0rd p@ssword pa55word passwort motdepasse contrasena senha parola parole
qwerty qwertyui qwertyuiop qwerty123 azerty qwertz asdfgh asdfghjk asdfghjkl zxcvbn zxcvbnm 1qaz2wsx 1q2w3e4r 1q2w3e4r5t
q1w2e3r4 q1w2e3r4t5 zaq12wsx zaq1zaq1 qazwsx qazwsxedc 1qazxsw2 qweasd qweasdzxc 123qwe 123qweasd abc123 a1b2c3d4 abcd1234
letmein welcome login admin administrator root toor guest master changeme change_me default secret test testing tester user
iloveyou loveyou lovely love sunshine princess dragon monkey shadow superman batman spiderman football baseball basketball
soccer hockey michael jennifer jordan hunter ashley daniel thomas charlie andrew joshua matthew jessica michelle nicole
anthony samantha robert william george maggie ginger pepper cookie summer winter spring autumn flower butterfly rainbow
starwars pokemon matrix computer internet samsung google facebook instagram whatsapp telegram microsoft windows android
liverpool chelsea arsenal barcelona realmadrid juventus manchester mustang corvette ferrari porsche mercedes harley yamaha
whatever trustno1 freedom killer hello helloworld hellokitty nothing blahblah fuckyou fuckoff asshole biteme bigdaddy
babygirl sweety sweetheart honey angel angels buster tigger jasmine purple orange banana chocolate cheese coffee
corona covid bitcoin ethereum access access14 pass passpass passcode pa$$word pa$$w0rd temp temporary temppass
parley messenger chat server family company correcthorsebatterystaple 87654321 12341234 11223344 123123123 147258369
123654789 987654321 789456123 159357456 147852369 741852963 0987654321 12344321 12345678 123456789 1234567890 11111111
00000000 88888888 66666666 99999999 19841984 20002000 31415926 3141592653
`;

export const commonPasswords: ReadonlySet<string> = new Set(words.split(/\s+/).filter(Boolean));
