//! Names in code of other languages that run programs, evaluate text, delete, write or fetch.

use std::sync::LazyLock;

use crate::policy::names::Names;

/// Names that run programs, in any language and whatever they belong to: nobody calls anything else so.
pub(super) static RUNS: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "Open3 Popen ProcessBuilder call-process call-process-shell-command check_call check_output \
         create_subprocess_exec create_subprocess_shell do_shell_script esyscmd execFile execFileSync execSync \
         execl execle execlp execlpe execv execve execvp execvpe execa execaSync getoutput getstatusoutput \
         make-process open_port passthru pcntl_exec popen popen2 posix_spawn posix_spawnp proc_open run-program \
         shell-command shell-command-to-string shell_exec spawn spawnSync spawnl spawnle spawnlp spawnv spawnve spawnvp \
         start-process startfile syscmd system system2",
    ])
});

/// Ordinary words that run programs where they belong to one of [`RUN_MODULES`], or where the code has one of those
/// of [`IMPORTED`]: `subprocess.run`, but not `run = …` or `regex.exec(…)`.
pub(super) static ORDINARY: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "$ call capture2 capture2e capture3 cmd command Command exec execute output run sh shell spawn_monitor",
    ])
});

/// What such ordinary words belong to where they run programs.
pub(super) static RUN_MODULES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&["Bun Deno IO Kernel Open3 Process Shell System UIO child_process commands os pty shelljs \
         subprocess sys uiop zx"])
});

/// Modules after whose import their names may stand alone; a mention that is none is not followed.
pub(super) static IMPORTED: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&["Open3 child_process execa fabric invoke plumbum pty shelljs subprocess zx"])
});

/// Names that run text as code, or reach names by text, so that no other name has to stand there.
pub(super) static EVALUATES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "Function __builtins__ __class__ __globals__ __import__ __subclasses__ assert_eval class_eval \
         code_string constantize create_function ctypes dlopen execfile getattr import_module instance_eval \
         instance_exec loadstring marshal module_eval public_send runInContext runInNewContext runInThisContext runpy syscall",
    ])
});

/// Names that do so only where nothing stands before them: `eval(x)`, but not `model.eval()` or `re.compile(x)`.
pub(super) static EVALUATES_ALONE: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&["Eval binding compile dofile eval exec globals load loadfile send vars vm"])
});

/// Names that delete files, whatever they belong to.
pub(super) static DELETES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "FileUtils RemoveAll delete-directory delete-file deleteSync delete_tree emptyDirSync removeSync \
         remove_dir_all remove_entry remove_tree removedirs rimraf rmSync rm_f rm_r rm_rf rmdir rmdirSync rmtree \
         send2trash unlink unlinkSync",
    ])
});

/// Ordinary words that delete or write files where they belong to one of [`FILE_MODULES`].
pub(super) static DELETES_THERE: LazyLock<Names> =
    LazyLock::new(|| Names::of(&["delete remove rm trash truncate"]));

/// What such words belong to where they are about files.
pub(super) static FILE_MODULES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "Deno Dir File FileUtils Files IO Path Pathname files fs fse fsp os path pathlib posix promises shutil",
    ])
});

/// Names that write or move files.
pub(super) const WRITES: &[&str] = &[
    "appendFile",
    "appendFileSync",
    "copy",
    "copy2",
    "copyFile",
    "copyFileSync",
    "copyfile",
    "copytree",
    "cpSync",
    "createWriteStream",
    "file_put_contents",
    "fputs",
    "fwrite",
    "makedirs",
    "mkdir",
    "mkdirSync",
    "move",
    "outputFileSync",
    "rename",
    "renameSync",
    "replace_file",
    "save",
    "symlink",
    "symlinkSync",
    "touch",
    "write_bytes",
    "write_text",
    "writeFile",
    "writeFileSync",
    "chmod",
    "chmodSync",
    "chown",
    "mkpath",
    "make_path",
    "write-region",
    "dump_file",
];

/// Those of them that name first what they read, or what they move.
pub(super) const COPIES: &[&str] = &[
    "copy",
    "copy2",
    "copyFile",
    "copyFileSync",
    "copyfile",
    "copytree",
    "cpSync",
    "move",
    "rename",
    "renameSync",
    "symlink",
    "symlinkSync",
];

/// Names that fetch from other machines.
pub(super) const FETCHES: &[&str] = &[
    "urlopen",
    "urlretrieve",
    "urllib",
    "requests",
    "fetch",
    "http",
    "https",
    "Net",
    "open_uri",
    "LWP",
    "curl_exec",
    "file_get_contents",
    "httpx",
    "aiohttp",
];
