using System.ComponentModel.DataAnnotations;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace CaptionTL.Service.Jobs;

/// <summary>Jobs: accepted, kept, scheduled, and carried out in processes of their own.</summary>
internal static class JobsRegistration
{
    public static void AddJobs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<JobStore>();
        builder.Services.AddSingleton<WorkerPresence>();
        builder.Services.AddSingleton<JobLeases>();
        builder.Services.AddSingleton<JobPlanning>();
        builder.Services.AddSingleton<JobQuotes>();
        builder.Services.AddSingleton<JobSchedule>();
        builder.Services.AddSingleton<JobService>();
        builder.Services.AddSingleton<RunService>();
        builder.Services.AddSingleton<RunFolders>();
        builder.Services.AddSingleton<JobSupervisor>();
        builder.Services.AddSingleton<Registry.ModelPublisher>();
        builder.AddScheduler();
        builder.Services.AddHostedService<JobStartup>();
    }

    public static void MapJobs(this WebApplication app)
    {
        JobEndpoints.Map(app);
        RunEndpoints.Map(app);
    }

    private static void AddScheduler(this IHostApplicationBuilder builder)
    {
        var worker = builder.Configuration.GetSection(WorkerOptions.Section).Get<WorkerOptions>() ?? new WorkerOptions();
        var storage = builder.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        var service = builder.Configuration.GetSection(ServiceOptions.Section).Get<ServiceOptions>() ?? new ServiceOptions();
        builder.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "captiontl";
                scheduler.GenerateInstanceId = storage.Provider == StorageProvider.PostgreSql;
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(2); // how soon it sees what another machine has added
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(worker.Parallel);
            quartz.UsePersistentStore(store =>
            {
                if (storage.Provider == StorageProvider.PostgreSql)
                {
                    store.UsePostgres(storage.PostgreSql);
                    store.UseClustering();
                }
                else
                {
                    store.UseSqlite($"Data Source={service.In("schedule.db")}");
                }
                store.ProvisionSchema();
            });
            quartz.AddJobType<RunJob>();
        });
    }
}

/// <summary>How jobs are carried out on this machine; section "CaptionTL:Worker".</summary>
public sealed class WorkerOptions
{
    public const string Section = ServiceOptions.Section + ":Worker";

    /// <summary>False: this service accepts jobs, and others carry them out (with PostgreSQL), or it does so itself later.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Jobs at a time. Each uses all cores and up to several GB of memory.</summary>
    [Range(1, 64)]
    public int Parallel { get; set; } = 1;

    /// <summary>How often a lost process is replaced before the job fails.</summary>
    [Range(0, 1000)]
    public int Retries { get; set; } = 3;

    /// <summary>
    /// Seconds that a worker keeps a job without renewing its lease; then another may take it over. A worker whose process has ended loses
    /// its jobs to another one on the same machine at once. The clocks of several machines must differ by less than this.
    /// </summary>
    [Range(1, 3600)]
    public double LeaseSeconds { get; set; } = 30;

    /// <summary>Seconds without a heartbeat until a job's process counts as lost. It beats once a second.</summary>
    [Range(2, 3600)]
    public double SilenceSeconds { get; set; } = 20;

    /// <summary>Minutes without progress until a job's process counts as lost in spite of its heartbeat.</summary>
    [Range(1, 10_000)]
    public double StuckMinutes { get; set; } = 60;

    /// <summary>Seconds that the process of a cancelled job has to end in an orderly way before it is killed.</summary>
    [Range(0, 60)]
    public double CancelSeconds { get; set; } = 3.5;

    /// <summary>Seconds that the process of a paused job has to write its checkpoint.</summary>
    [Range(0, 3600)]
    public double PauseSeconds { get; set; } = 120;

    /// <summary>The same where the service itself stops; its host waits 30 s at most.</summary>
    [Range(0, 3600)]
    public double ShutdownSeconds { get; set; } = 20;

    /// <summary>Path of the program that carries out jobs; null for the one that runs the service.</summary>
    public string? Program { get; set; }

    internal TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
}
