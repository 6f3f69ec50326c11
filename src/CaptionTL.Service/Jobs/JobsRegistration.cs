using CaptionTL.Service.DataSets;
using CaptionTL.Service.Jobs.Supervision;
using CaptionTL.Service.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace CaptionTL.Service.Jobs;

/// <summary>Jobs: accepted, kept, scheduled, carried out in processes of their own.</summary>
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
        builder.Services.AddSingleton<JobCommands>();
        builder.Services.AddSingleton<IDataSetUse, JobDataUse>();
        builder.Services.AddSingleton<JobProgressStream>();
        builder.Services.AddSingleton<RunFolders>();
        builder.Services.AddSingleton<JobOrders>();
        builder.Services.AddSingleton<JobSupervisor>();
        builder.Services.AddSingleton<Registry.ModelPublisher>();
        builder.AddScheduler();
        builder.Services.AddHostedService<JobReconciler>();
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
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(2); // what another machine has put into the store is seen this soon
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
        builder.AddQuartzHostedService(hosted =>
        {
            hosted.AutoStart = worker.Enabled;
            hosted.WaitForJobsToComplete = true;
        });
    }
}
