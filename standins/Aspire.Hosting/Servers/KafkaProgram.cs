// Stand-in for Aspire.Hosting.Kafka: the program that takes the container's place.
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>Kafka 0.9.0.1 with its ZooKeeper 3.4.6, which npm has and which runs on Java 17.</summary>
internal sealed class KafkaProgram(string appHostDirectory)
{
    public const string Version = "0.9.0.1";

    private static readonly Dictionary<string, string> s_logging = new()
    {
        ["log4j.rootLogger"] = "WARN, stdout",
        ["log4j.logger.kafka.server.KafkaServer"] = "INFO",
        // It tells of each client that hangs up.
        ["log4j.logger.org.apache.zookeeper"] = "ERROR",
        ["log4j.appender.stdout"] = "org.apache.log4j.ConsoleAppender",
        ["log4j.appender.stdout.layout"] = "org.apache.log4j.PatternLayout",
        ["log4j.appender.stdout.layout.ConversionPattern"] = "%p %m (%c)%n",
    };

    private string Libraries => Path.GetFullPath(Path.Combine(appHostDirectory, "..", ".refresher", "kafka", Version, "libs"));

    /// <summary>A main class of it with its one argument, a file of settings.</summary>
    /// <param name="kept">The data is to outlive the process, which then ends in order; else it is killed, as quick as it is.</param>
    /// <exception cref="DistributedApplicationException">Java or the program is not there.</exception>
    public Launch Start(string mainClass, string data, int megabytes, bool kept, IReadOnlyDictionary<string, string> settings)
    {
        var java = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(folder => Path.Combine(folder, "java")).FirstOrDefault(File.Exists)
            ?? throw new DistributedApplicationException("Java is not installed. ./refresher up --kafka installs it; on Debian: apt-get install openjdk-17-jre-headless");
        if (!Directory.Exists(Libraries))
        {
            throw new DistributedApplicationException($"The Kafka broker is not in {Libraries}. ./refresher up --kafka fetches it.");
        }

        var account = Account.Unprivileged("kafka");
        Account.OwnFolder(account, data);
        var configuration = Write(account, Path.Combine(data, "server.properties"), settings);
        var logging = Write(account, Path.Combine(data, "log4j.properties"), s_logging);
        return new(java,
        [
            $"-Xmx{megabytes}m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true", $"-Dlog4j.configuration=file:{logging}",
            "-cp", Path.Combine(Libraries, "*"), mainClass, configuration,
        ])
        {
            Account = account,
            WorkingDirectory = data,
            Reach = [data, Libraries],
            StopSignal = kept ? Unix.SigTerm : Unix.SigKill,
        };
    }

    private static string Write(Account? account, string path, IReadOnlyDictionary<string, string> settings)
    {
        File.WriteAllLines(path, settings.Select(setting => $"{setting.Key}={setting.Value}"));
        if (account is not null)
        {
            Unix.ChangeOwner(path, account.User, account.Group);
        }

        return path;
    }
}
