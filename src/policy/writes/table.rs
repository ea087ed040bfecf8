//! Which programs write what their words name: one row for each way of calling them.

use std::sync::LazyLock;

use crate::policy::names::Rows;
use crate::policy::shell::Word;

use Operands::{All, AllUnlessNamed, From, Last, NamedByFirst, Nth};
use Sort::{Edited, MayBe, Own, System};
use Style::{Joined, Whole};

/// One way of calling a program. All lists are separated by blanks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    programs: &'static str,
    /// The first operands that it is about, in alternatives: `cp|container cp`; empty for all calls.
    verbs: &'static str,
    /// Options whose values name what is written; with `=` at the end only if the value stands in the same word.
    pub(super) outputs: &'static str,
    /// Other options that take a value.
    pub(super) valued: &'static str,
    /// It writes only with one of these options.
    pub(super) only: &'static str,
    /// It writes nothing with one of these options, or with one of these as its verb.
    pub(super) never: &'static str,
    pub(super) operands: Operands,
    pub(super) style: Style,
    pub(super) sort: Sort,
}

/// Which operands, behind the verb, are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operands {
    None,
    All,
    /// All, unless an option names what is written.
    AllUnlessNamed,
    /// From this one on.
    From(usize),
    /// This one alone.
    Nth(usize),
    /// The second one; without it, the name at the end of the first: `git clone https://example.com/name.git`.
    NamedByFirst,
    /// The last one, if there are at least so many.
    Last(usize),
}

/// How options and their values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `-abo FILE`, `-oFILE`, `--out FILE`, `--out=FILE`
    Clusters,
    /// `-out FILE`, `-out=FILE`
    Whole,
    /// `-o FILE`, `-oFILE`, but no letters together
    Joined,
}

/// What a named place means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// It is written.
    Written,
    /// The tool keeps its own files there, which inside the workspace are its own matter.
    Own,
    /// It is edited in place; a directory is only where the files are looked for.
    Edited,
    /// What is written there depends on files or a person; inside the workspace that is let be.
    MayBe,
    /// The call writes where the system or its settings say.
    System,
}

const fn row(programs: &'static str) -> Row {
    Row {
        programs,
        verbs: "",
        outputs: "",
        valued: "",
        only: "",
        never: "",
        operands: Operands::None,
        style: Style::Clusters,
        sort: Sort::Written,
    }
}

impl Row {
    const fn verbs(self, verbs: &'static str) -> Row {
        Row { verbs, ..self }
    }

    const fn out(self, outputs: &'static str) -> Row {
        Row { outputs, ..self }
    }

    const fn valued(self, valued: &'static str) -> Row {
        Row { valued, ..self }
    }

    const fn only(self, only: &'static str) -> Row {
        Row { only, ..self }
    }

    const fn never(self, never: &'static str) -> Row {
        Row { never, ..self }
    }

    const fn operands(self, operands: Operands) -> Row {
        Row { operands, ..self }
    }

    const fn style(self, style: Style) -> Row {
        Row { style, ..self }
    }

    const fn sort(self, sort: Sort) -> Row {
        Row { sort, ..self }
    }

    /// One of its verbs may be among these words, so that it is worth sorting them.
    pub(super) fn may_be_about(&self, words: &[Word]) -> bool {
        let said = |verb: &str| words.iter().any(|word| word.text.as_deref() == Some(verb));
        self.verbs.is_empty() || self.verbs.split('|').filter_map(|verb| verb.split(' ').next()).any(said)
    }

    /// How many operands its verb takes up, if these begin with one.
    pub(super) fn behind_verb<'w>(&self, operands: impl Fn(usize) -> Option<&'w str>) -> Option<usize> {
        if self.verbs.is_empty() {
            return Some(0);
        }
        self.verbs.split('|').find_map(|verb| {
            let mut words = verb.split(' ').enumerate();
            words.all(|(index, word)| operands(index) == Some(word)).then(|| verb.split(' ').count())
        })
    }
}

/// The rows of a program.
pub(super) fn rows(program: &str) -> &'static [&'static Row] {
    static BY_PROGRAM: LazyLock<Rows<Row>> = LazyLock::new(|| Rows::of(ROWS, |row| row.programs));
    BY_PROGRAM.about(program)
}

/// Options of `git` itself.
const GIT: &str = "-C -c --git-dir --work-tree --namespace --config-env";
const AWS: &str =
    "--profile --region --endpoint-url --output --exclude --include --acl --sse --storage-class";
const VERSIONS: &str = "-h --help --version";

// One row for each way of calling a program, however long.
#[rustfmt::skip]
static ROWS: &[Row] = &[
    // Files and directories.
    row("touch").valued("-d --date -t -r --reference --time").operands(All),
    row("mkdir").valued("-m --mode").operands(All),
    row("rmdir rm tee unlink trash trash-put rimraf del-cli sponge ranlib").operands(All),
    row("truncate").valued("-s --size -r --reference").operands(All),
    row("fallocate").valued("-l --length -o --offset").operands(All),
    row("shred").valued("-n --iterations -s --size --random-source").operands(All),
    row("mkfifo").valued("-m --mode").operands(All),
    row("mknod").valued("-m --mode").operands(Nth(0)),
    row("link").operands(Last(2)),
    row("rename").operands(Last(2)),
    row("setfacl").valued("-m --modify -x --remove -M -X --set --restore").never("--test").operands(All),
    row("setfattr").valued("-n --name -v --value -x --remove").operands(All),
    row("chattr").valued("-v -p").operands(Last(1)),
    row("mktemp").out("-p --tmpdir=").valued("--suffix").never("-u --dry-run -t --tmpdir").operands(AllUnlessNamed),
    row("patch").valued("-i --input -p --strip -F --fuzz").out("-o --output -r --reject-file -d --directory").never("--dry-run").operands(Nth(0)),
    row("ed ex").operands(All),
    row("nano pico vi vim nvim emacs").sort(MayBe).operands(All),
    row("logrotate").out("-s --state -l --log").never("-d --debug"),
    // Texts.
    row("sort").out("-o --output").valued("-k --key -t --field-separator -S --buffer-size -T --temporary-directory"),
    row("shuf").out("-o --output"),
    row("iconv").out("-o --output"),
    row("uniq").valued("-f --skip-fields -s --skip-chars -w --check-chars").operands(Nth(1)),
    row("xxd").style(Whole).valued("-c -cols -g -groupsize -l -len -s -seek -o -n -name").operands(Nth(1)),
    row("split").valued("-a --suffix-length -b --bytes -C --line-bytes -l --lines -n --number -t --separator --additional-suffix --filter").operands(From(1)),
    row("csplit").out("-f --prefix").valued("-b --suffix-format -n --digits"),
    row("yq").only("-i --inplace").valued("-p -o --input-format --output-format -I --indent").operands(Last(2)),
    // Archives.
    row("gzip gunzip bzip2 bunzip2 xz unxz lzma unlzma lz4 lzip brotli").valued("-S --suffix -T --threads").out("-o --output").never("-c --stdout --to-stdout -l --list -t --test -V --version -h --help").operands(AllUnlessNamed),
    row("zstd unzstd").out("-o --output-dir-flat --output-dir-mirror").valued("-D").never("-c --stdout -l --list -t --test -V -h --help").operands(AllUnlessNamed),
    row("7z 7za 7zz 7zr").verbs("x|e").style(Joined).out("-o"),
    row("7z 7za 7zz 7zr rar").verbs("a|u|d|rn|f|m").style(Joined).operands(Nth(0)),
    row("unrar rar").verbs("x|e").operands(Last(2)),
    row("zip").valued("-P -t -tt -n -b").never("-T -sf").operands(Nth(0)),
    row("cpio").out("-D --directory -O"),
    row("cpio").only("-p --pass-through").valued("-D -H -F -R -C").operands(Nth(0)),
    row("jar").verbs("cf|cvf|cfe|cvfe|cfm|cvfm|uf|uvf|cf0").operands(Nth(0)),
    row("jar").only("-c --create -u --update").out("-f --file"),
    // Compilers and their tools.
    row("cc c++ gcc g++ clang clang++ tcc").style(Joined).out("-o -MF"),
    row("ld ld.lld ld.gold lld mold").style(Joined).out("-o -Map"),
    row("as nasm yasm fasm").style(Joined).out("-o -l"),
    row("rustc rustdoc").out("-o --out-dir").valued("-C -L -l -A -W -D -Z --crate-name --crate-type --edition --emit --target --cfg"),
    row("javac").style(Whole).out("-d -h -s"),
    row("javadoc kotlinc scalac").style(Whole).out("-d"),
    row("bison yacc flex lex").out("-o --output --defines= --header= --graph="),
    row("swig antlr antlr4").style(Whole).out("-o -outdir -oh"),
    row("thrift").style(Whole).out("-o -out"),
    row("protoc").style(Joined).out("--*_out -o --descriptor_set_out"),
    row("flatc").style(Whole).out("-o"),
    row("strip").out("-o").valued("-K -N -R -F -I -O").operands(AllUnlessNamed),
    row("objcopy").valued("-I -O -B -F -j -R -N -K -G -L -W --add-section --input-target --output-target").operands(Last(1)),
    row("ar").verbs("r|rc|rcs|cr|crs|cru|rs|rv|rvs|rcv|rcsv|ru|rcu|q|qc|qcs|d|m|s|src").operands(Nth(0)),
    row("cmake").style(Joined).out("-B --install-prefix").sort(Own),
    row("cmake").only("--install").style(Whole).out("--prefix"),
    row("cmake").style(Whole).out("--build").sort(MayBe),
    row("meson").verbs("setup|init").valued("--prefix --buildtype -D --native-file --cross-file").operands(Nth(0)).sort(Own),
    row("meson").out("-C").sort(MayBe),
    row("make gmake ninja").out("-C --directory").sort(MayBe),
    row("dotnet").out("-o --output"),
    row("esbuild").out("--outfile --outdir --metafile"),
    row("tsc").out("--outDir --outFile --declarationDir --tsBuildInfoFile"),
    row("webpack").out("-o --output-path"),
    row("rollup").out("-o --file -d --dir"),
    row("vite").out("--outDir"),
    row("parcel").out("--dist-dir"),
    row("ng").out("--output-path"),
    row("swc babel").out("-o --out-file -d --out-dir"),
    row("postcss").out("-o --output -d --dir"),
    row("terser uglifyjs svgo").out("-o --output"),
    row("elm").out("--output"),
    row("buf openapi-generator openapi-generator-cli").out("-o --output"),
    row("sass").valued("-I --load-path -s --style").operands(Last(2)),
    row("lessc").operands(Last(2)),
    // Formatters and fixers.
    row("black isort").valued("-l --line-length -t --target-version --config --settings-path --profile -k --include --exclude --extend-exclude -c --code").never("--check --check-only -c --code --diff --stdout -d --show-files").operands(All).sort(Edited),
    row("rustfmt").valued("--config --config-path --edition --emit --color").never("--check --emit").operands(All).sort(Edited),
    row("gofmt goimports gofumpt").only("-w").valued("-r -local").style(Whole).operands(All).sort(Edited),
    row("prettier").only("-w --write").valued("--config --ignore-path --parser --plugin --log-level --print-width --tab-width --end-of-line").never("-c --check -l --list-different").operands(All).sort(Edited),
    row("eslint stylelint xo standard semistandard").only("--fix").valued("-c --config --ext --parser --rule --plugin --rulesdir --ignore-path --ignore-pattern -f --format --max-warnings --env --global").operands(All).sort(Edited),
    row("eslint stylelint").out("-o --output-file"),
    row("ruff").verbs("format").valued("--config --line-length --exclude --target-version").never("--check --diff").operands(All).sort(Edited),
    row("ruff").verbs("check").only("--fix --fix-only --unsafe-fixes").valued("--config --select --ignore --extend-select --exclude --target-version --output-format").never("--diff").operands(All).sort(Edited),
    row("ruff").out("-o --output-file"),
    row("biome").only("--write --fix --apply --apply-unsafe --unsafe").verbs("format|check|lint").operands(All).sort(Edited),
    row("clang-format").only("-i").valued("--style --assume-filename").operands(All).sort(Edited),
    row("shfmt").only("-w --write").valued("-i --indent -ln --language-dialect -filename").style(Whole).operands(All).sort(Edited),
    row("autopep8 autoflake pyupgrade yapf docformatter").only("-i --in-place").valued("--style --max-line-length -a").operands(All).sort(Edited),
    row("rubocop standardrb").only("-a -A --autocorrect --autocorrect-all --auto-correct -x --fix").valued("-c --config --only --except").operands(All).sort(Edited),
    row("terraform tofu").verbs("fmt").style(Whole).never("-check --check -write=false -diff").operands(All).sort(Edited),
    row("dos2unix unix2dos").never("-i --info -n --newfile -O --to-stdout").operands(All).sort(Edited),
    row("dos2unix unix2dos").only("-n --newfile").operands(Last(2)),
    // Documents and media.
    row("pandoc").out("-o --output --extract-media"),
    row("asciidoctor asciidoc").out("-o --out-file -D --destination-dir"),
    row("dot neato fdp sfdp twopi circo").style(Joined).out("-o"),
    row("plantuml").style(Whole).out("-o"),
    row("mmdc typedoc jsdoc").out("-o --output --out -d --destination"),
    row("pdflatex latex xelatex lualatex latexmk").style(Whole).out("-output-directory --output-directory -outdir"),
    row("typst").verbs("compile|c").operands(Last(2)),
    row("gs").style(Whole).out("-sOutputFile -o"),
    row("inkscape").out("-o --export-filename"),
    row("rsvg-convert").out("-o --output"),
    row("pdftotext pdftoppm pdftohtml pdfunite ps2pdf wkhtmltopdf wkhtmltoimage qpdf optipng").operands(Last(2)),
    row("ffmpeg avconv").only("-i").style(Whole).operands(Last(1)),
    row("sox lame flac").operands(Last(2)),
    row("convert composite montage cwebp dwebp").style(Whole).operands(Last(2)),
    row("magick").verbs("convert|mogrify|montage|composite").style(Whole).operands(Last(2)),
    row("magick").style(Whole).never("identify compare display stream import convert mogrify montage composite").operands(Last(2)),
    row("mogrify").style(Whole).operands(Last(1)),
    row("sphinx-build").valued("-b -c -d -D -A -j -t -w --builder").operands(Nth(1)),
    row("mkdocs").verbs("build").out("-d --site-dir"),
    row("mkdocs mdbook").verbs("new|init").operands(Nth(0)),
    row("hugo jekyll").out("-d --destination"),
    row("hugo").verbs("new site|new theme").operands(Nth(0)),
    row("mdbook").verbs("build|watch|test").out("-d --dest-dir"),
    // Tests and measurements.
    row("pytest py.test").out("--junitxml --junit-xml --basetemp --html --result-log --report-log"),
    row("coverage").verbs("xml|json|lcov|html").out("-o -d --directory"),
    row("jest vitest").out("--outputFile --coverageDirectory"),
    row("nyc c8").out("--report-dir --temp-dir --reports-dir"),
    row("go").verbs("test|build").style(Whole).out("-o -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir"),
    row("cargo").out("--target-dir --out-dir --artifact-dir --output-path --output-dir"),
    row("bandit syft grype cyclonedx-py semgrep gitleaks trivy xsltproc jsonnet tailwindcss lighthouse newman k6 gcovr lcov genhtml kcov").style(Whole).out("-o --output -o="),
    row("go").verbs("tool cover").style(Whole).out("-o"),
    row("flock").valued("-w --timeout --wait -E --conflict-exit-code -c --command").operands(Nth(0)).sort(Own),
    row("zipfile tarfile").only("-c --create").out("-c --create"),
    row("zipfile tarfile").only("-e --extract").valued("-e --extract").operands(All),
    row("json.tool").operands(Nth(1)),
    row("cProfile").out("-o"),
    row("ssh").valued("-B -b -c -D -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w").out("-E"),
    row("hyperfine").out("--export-json --export-csv --export-markdown --export-asciidoc"),
    row("time").out("-o --output"),
    row("perf").out("-o --output").valued("-e -F -p -g -c -C"),
    row("valgrind").style(Whole).out("--*-file --xml-file"),
    row("strace ltrace heaptrack").out("-o --output"),
    row("script").out("-O --log-out -B --log-io -T --log-timing -I --log-in").valued("-c --command -o --output-limit -E --echo -m").operands(Nth(0)),
    row("asciinema").verbs("rec").valued("-c --command -t --title -e --env -i").operands(Nth(0)),
    row("tcpdump tshark dumpcap").out("-w").valued("-i -r -c -s -C -G -W -F -Y"),
    // Version control.
    row("git").verbs("clone").valued("-C -c -b --branch --depth -o --origin --reference -j --jobs --separate-git-dir --template --shallow-since --filter --config -u").operands(NamedByFirst),
    row("git").verbs("init").valued("-C -c -b --initial-branch --template --separate-git-dir --object-format").operands(Nth(0)),
    row("git").verbs("worktree add").valued("-C -c -b -B --reason").operands(Nth(0)),
    row("git").verbs("worktree move").valued(GIT).operands(Nth(1)),
    row("git").verbs("submodule add").valued("-C -c -b --branch --name --reference --depth").operands(Nth(1)),
    row("git").verbs("bundle create").valued(GIT).operands(Nth(0)),
    row("git").verbs("archive").valued("-C -c --format --prefix --remote --exec").out("-o --output"),
    row("git").verbs("format-patch").valued(GIT).out("-o --output-directory --output"),
    row("git").verbs("diff|log|show|diff-tree|diff-index|shortlog|stash show|range-diff").valued(GIT).out("--output"),
    row("git").verbs("apply|am").valued(GIT).never("--check --stat --numstat --summary").out("--directory"),
    row("git").verbs("checkout-index|read-tree").valued(GIT).out("--prefix"),
    row("gh").verbs("repo clone").valued("-R --repo -u --upstream-remote-name").operands(NamedByFirst),
    row("gh").verbs("release download|run download").valued("-R --repo -p --pattern -n --name -A").out("-D --dir -O --output"),
    row("svn").verbs("checkout|co|export").valued("-r --revision --username --password --depth").operands(NamedByFirst),
    row("hg").verbs("clone").valued("-r --rev -b --branch -u -R").operands(NamedByFirst),
    row("jj").verbs("git clone").operands(Nth(1)),
    row("degit tiged").operands(Nth(1)),
    // New projects.
    row("cargo").verbs("new|init|vendor").valued("--name --vcs --edition --registry --color --config -Z").operands(Nth(0)),
    row("rails django-admin").verbs("new").operands(Nth(0)),
    row("django-admin").verbs("startproject|startapp").operands(Nth(1)),
    row("create-react-app create-next-app create-vite create-vue create-expo-app express-generator").operands(Nth(0)),
    row("flutter dart vue").verbs("create").operands(Nth(0)),
    row("nest ng mix poetry hatch stack phoenix.new").verbs("new").operands(Nth(0)),
    row("uv").verbs("init|venv").valued("-p --python --name --seed").operands(Nth(0)),
    row("composer").verbs("create-project").operands(Nth(1)),
    row("cookiecutter copier").out("-o --output-dir"),
    row("venv virtualenv").valued("-p --python --prompt --app-data --creator --seeder").operands(All),
    // Packages inside a project.
    row("npm pnpm").verbs("pack").out("--pack-destination"),
    row("npm pnpm yarn").verbs("install|i|ci|add|update|uninstall|remove|rm|init|create|link|dedupe|prune|rebuild|upgrade").out("--prefix --dir -C --cwd").sort(Own),
    row("pip").verbs("download|wheel").out("-d --dest -w --wheel-dir"),
    row("python build").out("--outdir --dist-dir"),
    // Networks, containers and clouds.
    row("curl").out("-o --output --output-dir -D --dump-header -c --cookie-jar --trace --trace-ascii --stderr --libcurl --etag-save --hsts --alt-svc").valued("-X --request -H --header -d --data --data-raw --data-binary --data-urlencode --json -u --user -w --write-out -F --form -A --user-agent -b --cookie -m --max-time --retry -T --upload-file -x --proxy -K --config --connect-timeout -e --referer --resolve -E --cert --key --cacert -r --range -y -Y -z -C --continue-at -U --proxy-user -Q -P -t"),
    row("aria2c").out("-d --dir -o --out -l --log"),
    row("axel").out("-o --output"),
    row("http https xh").out("-o --output"),
    row("yt-dlp youtube-dl").out("-o --output -P --paths"),
    row("sftp").valued("-b -c -D -F -i -J -l -o -P -R -S -s -X -B").operands(Last(2)),
    row("docker podman nerdctl").verbs("cp|container cp").operands(Last(2)),
    row("docker podman nerdctl").verbs("save|image save|export|container export").out("-o --output"),
    row("docker podman nerdctl").verbs("build|buildx build|image build|builder build").valued("-t --tag -f --file --build-arg --target --platform --label").out("-o --output --iidfile --metadata-file --cidfile"),
    row("skopeo crane oras").verbs("pull|copy").out("-o --output").operands(Last(2)),
    row("kubectl oc").verbs("cp").valued("-n --namespace -c --container --context --kubeconfig --retries").operands(Last(2)),
    row("helm").verbs("pull|fetch|package").out("-d --destination --untardir").valued("--version --repo -n --app-version"),
    row("helm").verbs("template").out("--output-dir"),
    row("helm").verbs("create").operands(Nth(0)),
    row("terraform tofu").verbs("plan").style(Whole).out("-out -generate-config-out"),
    row("aws").verbs("s3 cp|s3 mv|s3 sync").valued(AWS).never("--dryrun").operands(Last(2)),
    row("aws").verbs("s3api get-object").valued("--profile --region --bucket --key --version-id --range").operands(Nth(0)),
    row("gsutil").verbs("cp|mv|rsync").valued("-o -h -L -x -j").never("-n").operands(Last(2)),
    row("gcloud").verbs("storage cp|storage mv|storage rsync").valued("--project --account").operands(Last(2)),
    row("az").verbs("storage blob download|storage file download").out("-f --file --dest"),
    row("rclone").verbs("copy|sync|move|copyto|moveto").never("-n --dry-run").valued("--include --exclude --filter --transfers --config").operands(Last(2)),
    // Databases.
    row("mongodump mongoexport").out("-o --out --archive="),
    row("mysqldump mariadb-dump").out("-r --result-file -T --tab --log-error").style(Whole),
    row("pg_dump pg_dumpall").out("-f --file"),
    row("pg_basebackup initdb").out("-D --pgdata"),
    row("psql").out("-o --output -L --log-file").valued("-c --command -f --file -d --dbname -h --host -p --port -U --username -v --set"),
    row("redis-cli valkey-cli").style(Whole).out("--rdb --functions-rdb"),
    // Keys.
    row("gpg gpg2").out("-o --output"),
    row("age age-keygen cosign sops").out("-o --output --output-file"),
    row("openssl").style(Whole).out("-out -keyout"),
    row("ssh-keygen").never("-l -F -y -B -e -H -Y").valued("-N -t -b -C -P -m -a -O -I -n -V -z -D -E").out("-f"),
    row("keytool").style(Whole).only("-genkey -genkeypair -importcert -import -importkeystore -delete").out("-keystore -destkeystore"),
    // What is installed for the whole system, or for the user.
    row("apt apt-get aptitude").verbs("install|remove|purge|upgrade|dist-upgrade|full-upgrade|autoremove|build-dep|reinstall").valued("-o -t --target-release -c").never("-s --simulate --dry-run --just-print --no-act --recon").sort(System),
    row("dnf yum microdnf zypper").verbs("install|reinstall|remove|erase|update|upgrade|downgrade|autoremove|groupinstall|in|rm|up|dup").never("--assumeno --dry-run -D").sort(System),
    row("apk").verbs("add|del|upgrade|fix").never("-s --simulate").sort(System),
    row("pacman yay paru").only("-S --sync -R --remove -U --upgrade").never("-s --search -i --info -l --list -p --print -g").sort(System),
    row("dpkg").only("-i --install -r --remove -P --purge --configure --unpack").never("--dry-run --simulate --no-act").sort(System),
    row("rpm").only("-i --install -U --upgrade -e --erase -F --freshen").never("-q --query --test").sort(System),
    row("snap flatpak port choco winget scoop").verbs("install|uninstall|remove|refresh|update|upgrade").sort(System),
    row("nix-env").only("-i --install -e --uninstall -u --upgrade").never("--dry-run -q --query").sort(System),
    row("nix").verbs("profile install|profile remove|profile upgrade").sort(System),
    row("conda mamba micromamba").verbs("install|create|remove|update|upgrade|env create|env update|env remove").never("--dry-run -d").sort(System),
    row("rustup").verbs("update|install|default|toolchain install|toolchain uninstall|component add|component remove|target add|target remove|self update|override set").sort(System),
    row("asdf mise pyenv rbenv nodenv nvm sdk volta fnm").verbs("install|uninstall|global|use").sort(System),
    row("npm pnpm").verbs("config set|config delete|set").sort(System),
    row("pip").verbs("config set|config unset|config edit").sort(System),
    row("systemctl").verbs("enable|disable|reenable|mask|unmask|edit|set-default|link|preset|set-property").valued("-H --host -M --machine -t --type").sort(System),
    row("sysctl").only("-w --write -p --load --system").sort(System),
    row("hostnamectl").verbs("set-hostname|hostname|set-icon-name|set-chassis").sort(System),
    row("timedatectl").verbs("set-timezone|set-time|set-ntp|set-local-rtc").sort(System),
    row("localectl").verbs("set-locale|set-keymap").sort(System),
    row("useradd userdel usermod groupadd groupdel groupmod adduser deluser addgroup delgroup passwd chpasswd chsh chfn").never(VERSIONS).sort(System),
    row("update-alternatives").only("--set --install --remove --remove-all --auto --config --set-selections").sort(System),
    row("ldconfig").never("-p --print-cache -N -V --version --help").sort(System),
    row("mount umount modprobe insmod rmmod swapon swapoff").operands(From(0)).never("-n --dry-run -l -V --version --help").sort(System),
    row("iptables ip6tables").never("-L --list -S --list-rules -C --check -h --help -V --version").sort(System),
    row("nft").verbs("add|delete|flush|insert|create|destroy").sort(System),
    row("ufw").verbs("enable|disable|allow|deny|reject|delete|reset").never("--dry-run").sort(System),
];
