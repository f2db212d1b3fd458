using Npgsql;
using Refresher.Tasks.Backup;

namespace Refresher.Tasks.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BackupFolderTests : IDisposable
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 3, 30, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("refresher-backups-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void The_oldest_go_and_what_is_not_a_backup_stays()
    {
        var folder = new BackupFolder(_directory.FullName);
        var made = Enumerable.Range(0, 5).Select(day => Path.GetFileName(BackupFolder.Complete(Write(folder.PartOf(Day.AddDays(day), Guid.NewGuid()))))).ToList();
        Write(Path.Combine(_directory.FullName, "mine.dump"));
        Write(Path.Combine(_directory.FullName, "refresher-notes.dump.part"));

        var gone = folder.Thin(keep: 2, abandoned: DateTimeOffset.UtcNow.AddDays(-1));

        Assert.Equal(made.Take(3).OrderDescending(StringComparer.Ordinal), gone);
        Assert.Equal([made[4], made[3]], folder.Complete().Select(file => Path.GetFileName(file)));
        Assert.Equal(["mine.dump", made[3], made[4], "refresher-notes.dump.part"], _directory.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_another_one_is_writing_stays_until_it_is_abandoned()
    {
        var folder = new BackupFolder(_directory.FullName);
        var part = Write(folder.PartOf(Day, Guid.NewGuid()));

        folder.Thin(keep: 1, abandoned: DateTimeOffset.UtcNow.AddDays(-1));
        Assert.True(File.Exists(part));

        folder.Thin(keep: 1, abandoned: DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.False(File.Exists(part));
    }

    [Fact]
    public void A_run_that_is_executed_again_writes_to_the_same_file()
    {
        var (folder, run) = (new BackupFolder(_directory.FullName), Guid.NewGuid());

        BackupFolder.Complete(Write(folder.PartOf(Day, run)));
        BackupFolder.Complete(Write(folder.PartOf(Day, run)));

        Assert.Single(folder.Complete());
    }

    [Fact]
    public void The_folder_is_for_its_owner_alone()
    {
        var path = Path.Combine(_directory.FullName, "below");

        new BackupFolder(path).Make();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Programs_of_PostgreSQL_are_told_where_by_their_environment_and_their_words_lose_the_password()
    {
        var server = new NpgsqlConnectionStringBuilder("Host=db;Port=5433;Username=me;Password=p4ss;Database=refresher;SSL Mode=VerifyFull;Root Certificate=/ca.pem");
        var environment = PgProgram.Environment(server).ToDictionary(variable => variable.Name, variable => variable.Value);

        Assert.Equal(("db", "5433", "me", "p4ss"), (environment["PGHOST"], environment["PGPORT"], environment["PGUSER"], environment["PGPASSWORD"]));
        Assert.Equal(("refresher", "verify-full", "/ca.pem"), (environment["PGDATABASE"], environment["PGSSLMODE"], environment["PGSSLROOTCERT"]));
        Assert.Equal("no ********", PgProgram.Without("p4ss", "no p4ss"));
    }

    private static string Write(string path)
    {
        File.WriteAllText(path, "x");
        return path;
    }
}
