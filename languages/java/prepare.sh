#!/bin/sh
# Makes a javac that starts quicker than the one of the package and that can be parked: Javac.java beside this script,
# with an archive of its loaded classes. language.json looks for a javac in the directory that is made here first;
# where there is none, it finds the package's, and everything works as it does here, only slower.
# Run as root when an image is built or Java was upgraded; does nothing when there is nothing to do.
set -eu
umask 022

dir=/usr/local/lib/runbin/java
here=$(dirname "$0")

command -v javac >/dev/null || exit 0
home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
version="$home $("$home/bin/java" -Xinternalversion) $(cksum <"$here/Javac.java") $(cksum <"$0")"
[ "$(cat "$dir/PREPARED_FOR" 2>/dev/null)" != "$version" ] || exit 0

rm -rf "$dir"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$dir" "$work/classes" "$work/out"
"$home/bin/javac" -nowarn -encoding UTF-8 -d "$work/classes" "$here/Javac.java"
"$home/bin/jar" --create --file "$dir/javac.jar" -C "$work/classes" .

# The flags of the virtual machine are those of language.json: it takes them from the arguments that begin with -J.
cat >"$dir/javac" <<WRAPPER
#!/bin/sh
[ -x $home/bin/java ] || exec /usr/bin/javac "\$@"
count=\$#
flags=
for argument; do
  case \$argument in
    -J*) flags="\$flags \${argument#-J}" ;;
    *) set -- "\$@" "\$argument" ;;
  esac
done
shift "\$count"
exec $home/bin/java \$flags -XX:SharedArchiveFile=$dir/javac.jsa -cp $dir/javac.jar Javac "\$@"
WRAPPER
chmod 755 "$dir/javac"

# The archive holds what a parked compile has loaded at its end. The flags that choose the garbage collector must be
# those of language.json, or Java takes no notice of it.
cd "$work"
echo 'public class Main { public static void main(String[] args) { System.out.println("Hello, world!"); } }' >program
mkfifo Main.java
"$home/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:ArchiveClassesAtExit="$dir/javac.jsa" \
  -cp "$dir/javac.jar" Javac -encoding UTF-8 -proc:none -d out Main.java >log 2>&1 &
exec 3>Main.java # once it waits there
mv program Main.java
exec 3>&-
wait $! || { cat log >&2; exit 1; }
[ -e out/Main.class ]

printf '%s\n' "$version" >"$dir/PREPARED_FOR"
