"""The same tool as it is commonly written: AssumeRole on each call, every page, no bounds."""

import os

import boto3

ROLE_NAME = "CentralOpsTargetRole"
EXTERNAL_ID = os.environ.get("EXTERNAL_ID")


def assume_role(account_id):
    sts = boto3.client("sts")
    answer = sts.assume_role(
        RoleArn=f"arn:aws:iam::{account_id}:role/{ROLE_NAME}",
        RoleSessionName="describe-ec2-instances",
        **({"ExternalId": EXTERNAL_ID} if EXTERNAL_ID else {}),
    )
    return answer["Credentials"]


def handler(event, context):
    account_id = event["account_id"]
    region = event.get("region", "us-east-1")
    credentials = assume_role(account_id)
    ec2 = boto3.client(
        "ec2",
        region_name=region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    instances = []
    for page in ec2.get_paginator("describe_instances").paginate(Filters=event.get("filters", [])):
        for reservation in page["Reservations"]:
            for instance in reservation["Instances"]:
                tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
                instances.append(
                    {
                        "InstanceId": instance["InstanceId"],
                        "Name": tags.get("Name"),
                        "InstanceType": instance["InstanceType"],
                        "State": instance["State"]["Name"],
                        "PrivateIpAddress": instance.get("PrivateIpAddress"),
                        "PublicIpAddress": instance.get("PublicIpAddress"),
                        "LaunchTime": instance["LaunchTime"].isoformat(),
                        "VpcId": instance.get("VpcId"),
                        "SubnetId": instance.get("SubnetId"),
                        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
                        "Tags": tags,
                    }
                )
    return {
        "account_id": account_id,
        "region": region,
        "instance_count": len(instances),
        "instances": instances,
    }
